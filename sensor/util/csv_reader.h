/* SPDX-License-Identifier: Apache-2.0 */
/* csv_reader.h - comma-separated values, record by record. */
#ifndef EARSHOT_CSV_READER_H
#define EARSHOT_CSV_READER_H
#endif
