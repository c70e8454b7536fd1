/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/util/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "sensor/util/text.h"

#define REDRAW_NS 100000000 /* faster than that only flickers */
#define BAR_COLUMNS 20

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void progress_start(struct progress *p, bool wanted)
{
	memset(p, 0, sizeof(*p));
	const char *term = getenv("TERM");
	p->on = wanted && isatty(STDERR_FILENO) && (term == NULL || strcmp(term, "dumb") != 0);
	if (p->on)
		p->start_ns = p->last_ns = now_ns();
}

static const char *human_bytes(char out[16], uint64_t bytes)
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
	double value = (double)bytes;
	unsigned unit = 0;
	for (; value >= 1000 && unit < 4; unit++)
		value /= 1000;
	snprintf(out, 16, unit == 0 ? "%.0f %s" : "%.1f %s", value, units[unit]);
	return out;
}

static unsigned terminal_columns(void)
{
	struct winsize size;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void progress_update(struct progress *p, const char *name, size_t file, size_t files, uint64_t bytes, uint64_t total, uint64_t packets)
{
	int64_t now = p->on ? now_ns() : 0;
	if (!p->on || now - p->last_ns < REDRAW_NS)
		return;
	p->last_ns = now;
	p->drawn = true;
	double seconds = (double)(now - p->start_ns) / 1e9;
	char done[16], all[16], bar[BAR_COLUMNS + 1], line[256];
	if (total > 0) {
		double share = bytes < total ? (double)bytes / (double)total : 1;
		unsigned full = (unsigned)(share * BAR_COLUMNS);
		memset(bar, '.', BAR_COLUMNS);
		memset(bar, '#', full);
		bar[BAR_COLUMNS] = 0;
		double left = bytes > 0 ? seconds * (double)(total - (bytes < total ? bytes : total)) / (double)bytes : 0;
		snprintf(line, sizeof(line), "[%s] %3.0f%%  %s of %s  %.0f packets/s  %.0f s left  ", bar, share * 100,
			human_bytes(done, bytes), human_bytes(all, total), (double)packets / seconds, left);
	} else {
		snprintf(line, sizeof(line), "%s  %" PRIu64 " packets  %.0f packets/s  ", human_bytes(done, bytes), packets,
			(double)packets / seconds);
	}
	fprintf(stderr, "\r\033[K%s", line);
	unsigned columns = terminal_columns();
	if (strlen(line) + text_columns(name) + 16 < columns) {
		text_print_terminal(stderr, name);
		if (files > 1)
			fprintf(stderr, " (%zu of %zu)", file, files);
	}
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
	p->drawn = false;
}
