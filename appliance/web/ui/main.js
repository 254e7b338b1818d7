/** The tablet page begins. */

import { start } from "./start.js";
import { StationApp } from "./station_app.js";

start((app) => new StationApp(app));
