/* SPDX-License-Identifier: Apache-2.0 */
/*
 * knowledge.h - what is known about numbers and devices before any packet: OUIs, vendor and
 * device-type numbers, the rules that give a device its type. Loaded at run time from `config/`
 * and from Debian's ieee-data; read-only afterwards.
 */
#ifndef EARSHOT_KNOWLEDGE_H
#define EARSHOT_KNOWLEDGE_H

#include <stdint.h>

#include "earshot/observer.h"

struct knowledge;

/*
 * `directory` holds vendors/ and rules/ (NULL: the built-in search: $EARSHOT_CONFIG_DIR, the source
 * tree's config/ when run from a build folder, then the installed data folder); `oui_path` is ieee-data's
 * oui.txt or oui.csv (NULL: /usr/share/ieee-data/oui.csv). The OUI file is read lazily, at the first look-up.
 * A missing OUI file or vendor table is a warning (`warn` is called with one line), a wrong rule file an
 * error: returns -EINVAL after `warn` got "file:line:column: what was expected".
 */
int knowledge_load(struct knowledge **out, const char *directory, const char *oui_path,
	void (*warn)(void *to, const char *line), void *to);
void knowledge_free(struct knowledge *k);

/* The folder that the built-in search finds. Borrowed. */
const char *knowledge_directory(void);

/* The vendor of a MAC address's OUI (also 28- and 36-bit blocks when the file has them), or NULL:
 * unknown, locally administered or group. Borrowed. */
const char *knowledge_oui(struct knowledge *k, const uint8_t mac[6]);

/* The public name of a number, or NULL. Borrowed. */
const char *knowledge_name(const struct knowledge *k, enum naming naming, uint32_t code);

#endif
