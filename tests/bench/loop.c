/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c - what any libpcap program must pay: read every packet of a capture, add up its length. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

static uint64_t packets, bytes;

static void count(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
	(void)user;
	(void)data;
	packets++;
	bytes += header->len;
}

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
	if (pcap == NULL)
		return 2;
	pcap_loop(pcap, -1, count, NULL);
	pcap_close(pcap);
	printf("%" PRIu64 " packets, %" PRIu64 " bytes\n", packets, bytes);
	return 0;
}
