/* SPDX-License-Identifier: Apache-2.0 */
/* s7comm_szl.h - what a system status list (SZL, in English SSL) says about a SIMATIC device. */
#ifndef EARSHOT_S7COMM_SZL_H
#define EARSHOT_S7COMM_SZL_H

#include "earshot/observer.h"

/* Lists that tell the operating mode: mode changes (0x0424 and the others), lamps (xy19 and xy74). */
enum s7comm_mode_source { S7COMM_MODE_0424, S7COMM_MODE_XY24, S7COMM_MODE_XY19, S7COMM_MODE_XY74, S7COMM_MODE_SOURCES };

#define S7COMM_PROTECTION_LEN 24

/*
 * What a connection told last of the states that are polled or pushed again and again: only a change is
 * reported, and once a minute that it is still so. All zero: nothing yet.
 */
struct s7comm_status {
	int64_t since_ns;
	uint8_t mode[S7COMM_MODE_SOURCES];            /* numbered as in xy24, where 0 is none */
	uint8_t protection[2][S7COMM_PROTECTION_LEN]; /* record of 0x0132 and 0x0232, as far as it is read */
};

/* Forgets what was told more than a minute before the frame at `now_ns`. */
void s7comm_status_age(struct s7comm_status *told, int64_t now_ns);

/*
 * One list from its SZL-ID on, sent by the device it is about. A list cut short is read as far as it goes.
 * `told` is of the connection: only one end of it sends lists.
 */
void s7comm_szl(struct cursor list, struct s7comm_status *told, struct observer *observer);

/* Bytes that the list header at the start of `list` announces, header included; 0 when there is no header. */
size_t s7comm_szl_len(struct cursor list);

#endif
