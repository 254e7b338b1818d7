/** The student's screen begins: a second display that faces the student. */

import { start } from "../start.js";
import { MirrorApp } from "./mirror_app.js";

start((app) => new MirrorApp(app));
