// SPDX-License-Identifier: Apache-2.0
// snap7-server.js - the CPU 315-2 PN/DP that snap7 plays, through npm's node-snap7.
//
//	npm install node-snap7 && node snap7-server.js
const snap7 = require("node-snap7");

const server = new snap7.S7Server();
const area = Buffer.alloc(256, 0x11);
server.RegisterArea(server.srvAreaDB, 1, area);
server.RegisterArea(server.srvAreaMK, area);
server.StartTo("0.0.0.0");
setTimeout(() => server.Stop(), 60000);
