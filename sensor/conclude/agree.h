/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agree.h - does a value that a person wrote down mean the observed one?
 *
 * Values are compared as people mean them: without regard to case, blanks and punctuation, a vendor's or a model's name
 * when one holds the other, versions by their numbers.
 */
#ifndef EARSHOT_AGREE_H
#define EARSHOT_AGREE_H

#include "sensor/conclude/asset.h"
#include "sensor/conclude/rules.h"

/* One name holds the other: "Siemens" and "Siemens AG", "ATV630" and "ATV630D11N4". */
bool agree_names(const char *declared, const char *observed);
/* "V3.2.17" and "3.2.17"; the shorter may leave off what follows: "3.2". */
bool agree_versions(const char *declared, const char *observed);
/* "S C-X4U421302009" and "SC-X4U421302009"; "0x00c359" and "50009". */
bool agree_serials(const char *declared, const char *observed);
/* With the model of the asset or with its order number. */
bool agree_model(const char *declared, const struct asset *a);
/* A word that is no type of the rules (which may be NULL) cannot be compared, nor an unknown type: these agree. */
bool agree_types(const struct rules *rules, const char *declared, const char *observed);

#endif
