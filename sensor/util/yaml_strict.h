/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml_strict.h - a YAML file that people write, read with mistrust: UTF-8, one document, no anchors and no aliases
 * (a few lines of them can stand for billions of values), at most so many bytes, values and levels.
 */
#ifndef EARSHOT_YAML_STRICT_H
#define EARSHOT_YAML_STRICT_H

#include "sensor/util/yaml_file.h"

#define YAML_STRICT_BYTES_MAX (8u << 20) /* what is proposed for 10,000 assets takes 3.3 MB */
#define YAML_STRICT_VALUES_MAX 800000u   /* keys, texts and lists: those take 200,000 */
#define YAML_STRICT_DEPTH_MAX 16u        /* ours has 6 */

/*
 * From memory, with a NUL behind the last byte; `path` is for messages. False with `err` set and a line told; close it
 * in any case. An empty document is opened too: its root is NULL.
 */
bool yaml_strict_open(struct yaml_file *y, const char *path, const char *text, size_t len);

#endif
