/* SPDX-License-Identifier: Apache-2.0 */
/* strings.h - interned text: equal texts have one id, id 0 is "". Ids are dense and never change. */
#ifndef EARSHOT_STRINGS_H
#define EARSHOT_STRINGS_H

#include <stddef.h>
#include <stdint.h>

#include "sensor/util/index.h"

struct strings {
	char *bytes;           /* all texts, NUL-terminated, one after the other */
	size_t len, room, max; /* bytes */
	uint32_t *at;          /* offset of text id in `bytes` */
	uint32_t count, at_room;
	struct index index;
};

#define STRINGS_FULL UINT32_MAX

int strings_init(struct strings *s, size_t max_bytes); /* 0 or -ENOMEM */
void strings_clear(struct strings *s);
int strings_empty(struct strings *s); /* only "" is left, the memory is kept; 0 or -ENOMEM */
/* The id of `text`, made if new; STRINGS_FULL at the limit or without memory. */
uint32_t strings_add(struct strings *s, const char *text);
/* The id of `text`, or STRINGS_FULL when it was never added. */
uint32_t strings_find(const struct strings *s, const char *text);
/* Borrowed until the next strings_add(). */
const char *strings_text(const struct strings *s, uint32_t id);

#endif
