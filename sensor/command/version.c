/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command/version.h"

#include <cjson/cJSON.h>
#include <openssl/crypto.h>
#include <pcap/pcap.h>
#include <sqlite3.h>
#include <yaml.h>
#include <zlib.h>
#include <zstd.h>

#include "sensor/flow/ndpi.h"

void version_print(FILE *out)
{
	fprintf(out, "earshot %s\n", EARSHOT_VERSION);
	fprintf(out, "  %s\n", pcap_lib_version());
	fprintf(out, "  libnDPI %s\n", labeller_version());
	fprintf(out, "  SQLite %s\n", sqlite3_libversion());
	fprintf(out, "  cJSON %s\n", cJSON_Version());
	fprintf(out, "  libyaml %s\n", yaml_get_version_string());
	fprintf(out, "  zlib %s\n", zlibVersion());
	fprintf(out, "  zstd %s\n", ZSTD_versionString());
	fprintf(out, "  %s\n", OpenSSL_version(OPENSSL_VERSION));
}
