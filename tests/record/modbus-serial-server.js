// SPDX-License-Identifier: Apache-2.0
// modbus-serial-server.js - FC 43/14 answered by npm's modbus-serial, with more text than one PDU holds.
//
//	npm install modbus-serial && node modbus-serial-server.js
//
// Objects 0 to 6 and two private ones together pass 253 bytes, so the stack answers with "more follows" and the client
// has to ask again from the next object.
const { ServerTCP } = require("modbus-serial");

const objects = {
	0: "Example Works",
	1: "EW-4100-24DI",
	2: "V2.14.3",
	3: "http://www.example.com/ew4100",
	4: "EW 4100 remote terminal with twenty-four digital inputs",
	5: "EW-4100",
	6: "Pumping station 7, panel B, feeder 3",
	0x80: "Serial EW41-0093217, tested 2023-05-11 by line 4, inspector 117",
	0x81: "Option board EW-OB2 rev C, calibration record CR-88123-7, next calibration due 2027-05",
};

new ServerTCP(
	{
		readDeviceIdentification: () => objects,
		getHoldingRegister: (address) => address,
	},
	{ host: "0.0.0.0", port: Number(process.argv[2] || 502), unitID: 0 },
);
