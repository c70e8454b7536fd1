/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pccc.h - PCCC, the command language of PLC-5, SLC 500 and MicroLogix, as CIP carries it
 * (Execute PCCC, service 0x4B of class 0x67).
 */
#ifndef EARSHOT_PCCC_H
#define EARSHOT_PCCC_H

#include "cip.h"

/*
 * The request: reports the PCCC role, the events and what the requester id says of the sender.
 * Returns command << 8 | function for pccc_reply(), 0 when there is no PCCC command in it;
 * `operations` gets its OPERATION_ bits. `to`: the module asked.
 */
uint16_t pccc_request(const struct cip_work *w, const struct cip_module *to, struct cursor data, unsigned *operations);

/* The reply to a request that returned `command`; `from`: the module that answers. */
void pccc_reply(const struct cip_work *w, const struct cip_module *from, uint16_t command, struct cursor data);

#endif
