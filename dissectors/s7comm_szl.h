/* SPDX-License-Identifier: Apache-2.0 */
/* s7comm_szl.h - what a system status list (SZL, in English SSL) says about a SIMATIC device. */
#ifndef EARSHOT_S7COMM_SZL_H
#define EARSHOT_S7COMM_SZL_H

#include "earshot/observer.h"

/* One list from its SZL-ID on, sent by the device it is about. A list cut short is read as far as it goes. */
void s7comm_szl(struct cursor list, struct observer *observer);

/* Bytes that the list header at the start of `list` announces, header included; 0 when there is no header. */
size_t s7comm_szl_len(struct cursor list);

#endif
