/** The student's screen begins: a second display that faces the student. */

import { asking } from "../api.js";
import { start } from "../start.js";
import { MirrorApp } from "./mirror_app.js";

asking.student = true;
start((app) => new MirrorApp(app));
