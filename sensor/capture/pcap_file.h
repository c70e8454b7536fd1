/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcap_file.h - reading pcap files (draft-ietf-opsawg-pcap) where their records lie.
 *
 * libpcap reads them too, through stdio and with two copies of each packet; a record header is four numbers, and
 * without those copies a long capture takes a tenth less. What libpcap accepts is accepted here: both byte orders,
 * micro- and nanoseconds, the swapped lengths of versions before 2.4, and the longer records of 0xa1b2cd34.
 */
#ifndef EARSHOT_PCAP_FILE_H
#define EARSHOT_PCAP_FILE_H

#include "sensor/capture/source.h"
#include "sensor/capture/stream.h"

struct pcap_file;

/* Whether a file that begins with these four bytes is one. */
bool pcap_file_is(const uint8_t magic[4]);

/*
 * Reads `head` (what was read ahead, copied) and then `stream`, which stays the caller's, up to the end of the file
 * header. 0 or a negative errno; *out is set all the same unless memory is out, free it. On an error `error` says what.
 */
int pcap_file_open(struct pcap_file **out, struct byte_stream *stream, const uint8_t *head, size_t head_len,
	char *error, size_t error_room);
void pcap_file_free(struct pcap_file *f);

/* As source_next(). */
int pcap_file_next(struct pcap_file *f, struct packet *p, char *error, size_t error_room);

int pcap_file_link_type(const struct pcap_file *f);
/* Where the record that is being read begins. */
uint64_t pcap_file_offset(const struct pcap_file *f);

/* The DLT_ number of a LINKTYPE_ number of a file: the same but for those that differ between systems. */
int link_type_of_file(uint32_t number);

#endif
