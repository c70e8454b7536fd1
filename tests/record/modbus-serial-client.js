// SPDX-License-Identifier: Apache-2.0
// modbus-serial-client.js - read the whole identification of a Modbus server, following "more follows" by hand.
//
//	node modbus-serial-client.js HOST PORT UNIT
//
// Frames are written to the socket here because the library's client stops at the first answer.
const net = require("net");

const [host, port, unit] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
let transaction = 1;
const ask = (socket, object) => {
	const request = Buffer.from([0, transaction++, 0, 0, 0, 5, unit, 0x2b, 0x0e, 3, object]);
	socket.write(request);
};

const socket = net.connect(port, host, () => ask(socket, 0));
socket.on("data", (answer) => {
	// unit, function, MEI type, code, conformity, more, next object, count
	if (answer[11] === 0xff)
		ask(socket, answer[12]);
	else
		socket.end();
});
