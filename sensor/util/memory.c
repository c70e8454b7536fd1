/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/util/memory.h"

#include <stdlib.h> /* says which C library it is */

#ifdef __GLIBC__

#include <malloc.h>

#define LARGE_BYTES (512 * 1024) /* glibc's own threshold grows with what is freed, up to 32 MiB */

void memory_give_back(void)
{
	malloc_trim(0);
}

void memory_start(void)
{
	mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
}

#else

void memory_give_back(void)
{
}

void memory_start(void)
{
}

#endif
