/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - capture files: which format, and what both have in common. */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/capture/pcap_file.h"
#include "sensor/capture/pcapng.h"
#include "sensor/capture/source.h"
#include "sensor/capture/stream.h"

struct source {
	struct byte_stream *stream;
	uint8_t head[4]; /* read ahead to know the format; handed on first */
	size_t head_len;
	struct pcap_file *pcap;
	struct pcapng *pcapng;
	uint64_t offset, cut_at;
	int link_type;
	bool mixed, started;
	char error[256];
};

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
	int err = pcap_file_open(&s->pcap, s->stream, s->head, s->head_len, s->error, sizeof(s->error));
	if (err != 0) {
		if (s->error[0] == 0)
			snprintf(s->error, sizeof(s->error), "%s", reason(err));
		return err;
	}
	s->link_type = pcap_file_link_type(s->pcap);
	s->started = true;
	s->offset = pcap_file_offset(s->pcap);
	return 0;
}

/* The format by its first four bytes. */
static int open_format(struct source *s)
{
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
	if (s->head_len == 4 && pcap_file_is(s->head))
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
	pcap_file_free(s->pcap);
	pcapng_free(s->pcapng);
	byte_stream_close(s->stream);
	free(s);
}

static int next_pcap(struct source *s, struct packet *p)
{
	int status = pcap_file_next(s->pcap, p, s->error, sizeof(s->error));
	s->offset = pcap_file_offset(s->pcap);
	if (status < 0 && s->error[0] == 0)
		snprintf(s->error, sizeof(s->error), "%s", reason(status));
	return status;
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
