// SPDX-License-Identifier: Apache-2.0
// snap7-client.js - what an S7 client does to a CPU, one theme a run.
//
//	node snap7-client.js HOST read-write|identity|blocks|run-stop [RACK SLOT] [PG|OP|BASIC]
const snap7 = require("node-snap7");

const [host, theme] = [process.argv[2], process.argv[3]];
const [rack, slot] = [Number(process.argv[4] || 0), Number(process.argv[5] || 2)];
const client = new snap7.S7Client();
const kind = { PG: client.CONNTYPE_PG, OP: client.CONNTYPE_OP, BASIC: client.CONNTYPE_BASIC }[process.argv[6] || "PG"];

const themes = {
	"read-write": () => {
		client.DBRead(1, 0, 64);
		client.DBWrite(1, 8, 4, Buffer.from([1, 2, 3, 4]));
		client.MBRead(0, 16);
		client.DBRead(99, 0, 4); // no such block: an error item
		client.ReadMultiVars([
			{ Area: client.S7AreaDB, WordLen: client.S7WLByte, DBNumber: 1, Start: 0, Amount: 4 },
			{ Area: client.S7AreaMK, WordLen: client.S7WLByte, DBNumber: 0, Start: 0, Amount: 2 },
		]);
	},
	identity: () => {
		for (const [id, index] of [[0x0011, 0], [0x001c, 0], [0x0132, 4], [0x0424, 0], [0x0131, 1], [0x0074, 0], [0x0091, 0], [0x0037, 0], [0x0000, 0]])
			client.ReadSZL(id, index);
	},
	blocks: () => {
		client.ListBlocks();
		client.ListBlocksOfType(client.Block_DB);
		client.GetAgBlockInfo(client.Block_DB, 1);
		client.FullUpload(client.Block_DB, 1, 1024);
	},
	"run-stop": () => {
		client.PlcStatus();
		client.PlcStop();
		client.PlcHotStart();
		client.PlcColdStart();
		client.GetPlcDateTime();
		client.Compress(1000);
	},
};

client.SetConnectionType(kind);
if (!client.ConnectTo(host, rack, slot)) {
	console.error("connect: " + client.ErrorText(client.LastError()));
	process.exit(1);
}
themes[theme]();
client.Disconnect();
