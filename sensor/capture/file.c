/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - capture files: libpcap for pcap, pcapng.c for pcapng, both over one byte stream. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/capture/pcapng.h"
#include "sensor/capture/source.h"
#include "sensor/capture/stream.h"

#define FILE_BUFFER_BYTES (256u << 10) /* read, hashed and parsed while it is in the second-level cache */
#define PCAP_FILE_HEADER_LEN 24
#define PCAP_RECORD_HEADER_LEN 16

struct source {
	struct byte_stream *stream;
	uint8_t head[4]; /* read ahead to know the format; handed on first */
	size_t head_at, head_len;
	pcap_t *pcap;
	FILE *file;
	char *file_buffer;
	struct pcapng *pcapng;
	uint64_t offset, cut_at;
	int link_type;
	bool mixed, started;
	int stream_error; /* of the last byte_stream_read() */
	char error[PCAP_ERRBUF_SIZE + 128];
};

static ssize_t cookie_read(void *cookie, char *into, size_t len)
{
	struct source *s = cookie;
	if (s->head_at < s->head_len) {
		size_t n = s->head_len - s->head_at < len ? s->head_len - s->head_at : len;
		memcpy(into, s->head + s->head_at, n);
		s->head_at += n;
		return (ssize_t)n;
	}
	ssize_t n = byte_stream_read(s->stream, into, len);
	if (n < 0) {
		s->stream_error = (int)n;
		errno = (int)-n;
		return -1;
	}
	return n;
}

static const char *reason(int err)
{
	switch (err) {
	case -EBADMSG:
		return "the packed file is damaged or cut off";
	case -EISDIR:
		return "it is a directory; name the capture files in it";
	default:
		return strerror(-err);
	}
}

static int open_pcap(struct source *s)
{
	cookie_io_functions_t functions = {.read = cookie_read};
	s->file = fopencookie(s, "rb", functions);
	s->file_buffer = malloc(FILE_BUFFER_BYTES);
	if (s->file == NULL || s->file_buffer == NULL)
		return -ENOMEM;
	setvbuf(s->file, s->file_buffer, _IOFBF, FILE_BUFFER_BYTES);
	char why[PCAP_ERRBUF_SIZE];
	s->pcap = pcap_fopen_offline_with_tstamp_precision(s->file, PCAP_TSTAMP_PRECISION_NANO, why);
	if (s->pcap == NULL) {
		snprintf(s->error, sizeof(s->error), "%s", s->stream_error ? reason(s->stream_error) : why);
		return -EINVAL;
	}
	s->file = NULL; /* pcap_close() closes it */
	s->link_type = pcap_datalink(s->pcap);
	s->started = true;
	s->offset = PCAP_FILE_HEADER_LEN;
	return 0;
}

/* The format by its first four bytes. */
static int open_format(struct source *s)
{
	static const uint8_t pcap_magics[][4] = {{0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
	    {0x4d, 0x3c, 0xb2, 0xa1}, {0xa1, 0xb2, 0xcd, 0x34}, {0x34, 0xcd, 0xb2, 0xa1}};
	while (s->head_len < sizeof(s->head)) {
		ssize_t n = byte_stream_read(s->stream, s->head + s->head_len, sizeof(s->head) - s->head_len);
		if (n < 0) {
			snprintf(s->error, sizeof(s->error), "%s", reason((int)n));
			return (int)n;
		}
		if (n == 0)
			break;
		s->head_len += (size_t)n;
	}
	if (s->head_len == 0) {
		snprintf(s->error, sizeof(s->error), "the file is empty");
		return -EINVAL;
	}
	for (size_t i = 0; s->head_len == 4 && i < sizeof(pcap_magics) / sizeof(pcap_magics[0]); i++)
		if (memcmp(s->head, pcap_magics[i], 4) == 0)
			return open_pcap(s);
	if (s->head_len == 4 && memcmp(s->head, "\x0a\x0d\x0d\x0a", 4) == 0) {
		s->pcapng = pcapng_new(s->stream, s->head, s->head_len);
		return s->pcapng != NULL ? 0 : -ENOMEM;
	}
	snprintf(s->error, sizeof(s->error), "not a capture file (neither pcap nor pcapng, plain, gzip or zstd)");
	return -EINVAL;
}

int source_open(struct source **out, const char *path)
{
	struct source *s = *out = calloc(1, sizeof(*s));
	if (s == NULL)
		return -ENOMEM;
	int err = byte_stream_open(&s->stream, path);
	if (err != 0)
		snprintf(s->error, sizeof(s->error), "%s", reason(err));
	else
		err = open_format(s);
	return err;
}

void source_close(struct source *s)
{
	if (s == NULL)
		return;
	if (s->pcap != NULL)
		pcap_close(s->pcap);
	if (s->file != NULL)
		fclose(s->file);
	free(s->file_buffer);
	pcapng_free(s->pcapng);
	byte_stream_close(s->stream);
	free(s);
}

static int next_pcap(struct source *s, struct packet *p)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int status = pcap_next_ex(s->pcap, &header, &bytes);
	if (status == PCAP_ERROR_BREAK)
		return 0;
	if (s->stream_error == -EINTR)
		return -EINTR;
	if (status != 1) {
		snprintf(s->error, sizeof(s->error), "%s", s->stream_error ? reason(s->stream_error) : pcap_geterr(s->pcap));
		return -EBADMSG;
	}
	p->bytes = bytes;
	p->captured_len = header->caplen;
	p->wire_len = header->len;
	/* the file counts seconds without a sign; tv_usec: nanoseconds, as asked for at opening, and whatever a damaged
	 * file says */
	p->time_ns = (int64_t)(uint32_t)header->ts.tv_sec * 1000000000 + (int64_t)header->ts.tv_usec;
	if (p->time_ns < 0)
		p->time_ns = 0;
	p->link_type = s->link_type;
	s->offset += PCAP_RECORD_HEADER_LEN + header->caplen;
	return 1;
}

static int next_pcapng(struct source *s, struct packet *p)
{
	int status = pcapng_next(s->pcapng, p, s->error, sizeof(s->error));
	s->offset = pcapng_offset(s->pcapng);
	if (status == 1 && !s->started) {
		s->link_type = p->link_type;
		s->started = true;
	} else if (status == 1 && p->link_type != s->link_type) {
		s->mixed = true;
	} else if (status < 0 && s->error[0] == 0) {
		snprintf(s->error, sizeof(s->error), "%s", reason(status));
	}
	return status;
}

int source_next(struct source *s, struct packet *p)
{
	int status = s->pcap != NULL ? next_pcap(s, p) : next_pcapng(s, p);
	if (status < 0)
		s->cut_at = s->offset;
	return status;
}

void source_stop(struct source *s)
{
	s->cut_at = s->offset;
	byte_stream_stop(s->stream);
}

const char *source_error(const struct source *s)
{
	return s->error;
}

uint64_t source_cut_at(const struct source *s)
{
	return s->cut_at;
}

uint64_t source_bytes_read(const struct source *s)
{
	return byte_stream_taken(s->stream);
}

uint64_t source_bytes_total(const struct source *s)
{
	return byte_stream_total(s->stream);
}

uint64_t source_dropped(const struct source *s)
{
	return s->pcapng != NULL ? pcapng_dropped(s->pcapng) : 0;
}

const char *source_link_type(const struct source *s)
{
	if (s->mixed)
		return "several";
	const char *name = s->started ? pcap_datalink_val_to_name(s->link_type) : "";
	return name != NULL ? name : "unknown";
}

int source_digest(struct source *s, char hex[65])
{
	return byte_stream_digest(s->stream, hex);
}
