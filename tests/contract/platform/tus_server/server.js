"use strict";
// A tus server of somebody else's: `node server.js FOLDER PORT`; modules are found by NODE_PATH.
const { Server } = require("@tus/server");
const { FileStore } = require("@tus/file-store");

const [directory, port] = process.argv.slice(2);
const server = new Server({ path: "/v1/uploads", datastore: new FileStore({ directory }) });
server.listen({ host: "127.0.0.1", port: Number(port) });
