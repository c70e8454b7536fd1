/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpe.h - the CPE 2.3 name (NIST IR 7695) of a program that names itself.
 *
 * Whoever looks up vulnerabilities by a wrong name finds the wrong ones, or, worse, none. So a name is made only when
 * it is certain, and that takes all of these:
 *
 *	- the program itself printed its name and version, in a form in which it alone prints them (the identification
 *	  string of SSH, RFC 4253 section 4.2; the product token of HTTP's Server field, RFC 9110 section 10.2.4);
 *	- the dictionary of the NVD has all its versions of that form under exactly one vendor and product;
 *	- the version is written there as it was printed.
 *
 * nginx (two vendors), IIS (two products) and Dropbear before 2012 (two vendors) fail the second. So do controllers and
 * their firmware: one order number is under several products there, and one product stands for several order numbers,
 * with versions written in other ways than the devices do. They get none.
 */
#ifndef EARSHOT_CPE_H
#define EARSHOT_CPE_H

#include <stdbool.h>

#include "earshot/protocol.h"

#define CPE_VERSION_MAX 24
#define CPE_NAME_MAX 128

struct cpe {
	const char *vendor, *product;  /* for people: "OpenBSD", "OpenSSH" */
	char version[CPE_VERSION_MAX]; /* "8.4p1" */
	char name[CPE_NAME_MAX];       /* "cpe:2.3:a:openbsd:openssh:8.4:p1:*:*:*:*:*:*" */
};

/* Of a greeting that a dissector of `protocol` reported. False: no name is certain. */
bool cpe_of_banner(struct cpe *out, enum protocol protocol, const char *banner);

#endif
