/* SPDX-License-Identifier: Apache-2.0 */
/* enip.h - EtherNet/IP: explicit messages and discovery (TCP and UDP 44818), cyclic I/O (UDP 2222). */
#ifndef EARSHOT_ENIP_H
#define EARSHOT_ENIP_H

#include "earshot/dissector.h"

extern const struct dissector enip_dissector, cip_io_dissector;

#endif
