/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certificate.h - the subject of an X.509 certificate as it lies in a message.
 */
#ifndef EARSHOT_CERTIFICATE_H
#define EARSHOT_CERTIFICATE_H

#include "earshot/cursor.h"

#define CERTIFICATE_SUBJECT_MAX 256 /* a part that does not fit is left out */

/*
 * Writes "CN=pump-7, O=Example" (common name, organisation, unit; RFC 5280, 4.1.2.6) of the first
 * certificate in `der`, which may be followed by others of its chain. False, and an empty text, when it
 * is no certificate or has none of them. Nothing is verified: it is what the sender shows.
 */
bool certificate_subject(struct cursor der, char text[static CERTIFICATE_SUBJECT_MAX]);

#endif
