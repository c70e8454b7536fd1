/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - memory that was freed, back to the system. */
#ifndef EARSHOT_MEMORY_H
#define EARSHOT_MEMORY_H

/*
 * An allocator keeps what was freed, scattered between what is still in use, and the next large step takes new memory
 * beside it: so the peak is that of both. Worth a few milliseconds after a step that freed tens of megabytes.
 */
void memory_give_back(void);

/* Once, at the start of a program: each large block comes from the system by itself, and goes back when it is freed. */
void memory_start(void);

#endif
