/* SPDX-License-Identifier: Apache-2.0 */
/* zones_write.c - see zones_write.h. Names come from the wire: quoted where they are values, made harmless in comments.
 */
#include "sensor/declare/zones_write.h"

#include <stdlib.h>
#include <string.h>

#include "earshot/observer.h"
#include "sensor/declare/parts.h"
#include "sensor/util/text.h"

#define COMMENT_COLUMN 36 /* where the comments of short members begin */
#define LINE_COLUMNS 110  /* of a comment of several lines */

static const char head[] =
	"# Zones and conduits of this site. `earshot zones propose` wrote it; it is yours to edit.\n"
	"#\n"
	"# status: proposed   the sensor's idea, nobody has decided: nothing is denied because of it\n"
	"#         accepted   it counts: between accepted zones only what an accepted conduit allows is allowed\n"
	"#         rejected   it does not count, and it is not proposed again\n"
	"#         retired    it counted once\n"
	"#\n"
	"# Proposing again adds what is new and changes nothing that is here. Every key: earshot-zones(5).\n";

/* A word that YAML takes for itself and nothing else. */
static bool is_plain(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	if (*text == '\0' || strchr(letters, *text) == NULL)
		return false;
	return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == strlen(text) &&
	       strcmp(text, "null") != 0;
}

/* As it is when YAML reads it as this text; else in double quotes, with escapes for what is no printable ASCII. */
static void put_value(FILE *out, const char *text)
{
	if (is_plain(text)) {
		fputs(text, out);
		return;
	}
	fputc('"', out);
	for (const unsigned char *s = (const unsigned char *)text; *s != '\0';) {
		size_t len = text_utf8_len(s, strlen((const char *)s));
		uint32_t c = len > 1 ? s[0] & (0x7fu >> len) : s[0];
		for (size_t i = 1; i < len; i++)
			c = c << 6 | (s[i] & 0x3fu);
		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", (int)c);
		else if (c >= 0x20 && c < 0x7f)
			fputc((int)c, out);
		else if (c >= 0xc0 && c < 0x250) /* letters of Europe stay readable */
			fwrite(s, 1, len, out);
		else
			fprintf(out, c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)c);
		s += len ? len : 1;
	}
	fputc('"', out);
}

static void put_comment(FILE *out, const char *text)
{
	fputs("# ", out);
	text_print_terminal(out, text);
}

/* A comment of its own, in lines that a person reads without scrolling. Without memory it is left out. */
static void put_paragraph(FILE *out, const char *text, unsigned indent)
{
	char *harmless = NULL;
	size_t len, column = 0;
	FILE *stream = open_memstream(&harmless, &len);
	if (stream == NULL)
		return;
	text_print_terminal(stream, text);
	if (fclose(stream) == 0) {
		char *rest = harmless, *word;
		while ((word = strsep(&rest, " ")) != NULL) {
			size_t columns = text_columns(word);
			bool fits = column > 0 && column + 1 + columns <= LINE_COLUMNS;
			if (fits)
				fprintf(out, " %s", word);
			else
				fprintf(out, "%s%*s# %s", column > 0 ? "\n" : "", (int)indent, "", word);
			column = (fits ? column + 1 : indent + 2) + columns;
		}
		fputc('\n', out);
	}
	free(harmless);
}

static void put_key(FILE *out, unsigned indent, const char *key, const char *value, const char *comment)
{
	fprintf(out, "%*s%s:", (int)indent, "", key);
	if (value != NULL) {
		fputc(' ', out);
		put_value(out, value);
	}
	if (comment != NULL)
		fprintf(out, "  # %s", comment);
	fputc('\n', out);
}

static void put_if(FILE *out, unsigned indent, const char *key, const char *value)
{
	if (value != NULL)
		put_key(out, indent, key, value, NULL);
}

static void put_member(FILE *out, const struct zone_member *m, const char *comment, unsigned indent)
{
	static const char *const keys[] = {"asset", "name", "subnet", "vlan"};
	/* Addresses, networks and numbers need no quotes: none of them begins or ends with a colon. */
	bool bare = m->kind != MEMBER_NAME && m->text[strlen(m->text) - 1] != ':' && m->text[0] != ':';
	fprintf(out, "%*s- %s: ", (int)indent, "", keys[m->kind]);
	if (bare)
		fputs(m->text, out);
	else
		put_value(out, m->text);
	if (comment != NULL) {
		size_t used = strlen(keys[m->kind]) + strlen(m->text) + 4;
		fprintf(out, "%*s", used < COMMENT_COLUMN ? (int)(COMMENT_COLUMN - used) : 2, "");
		put_comment(out, comment);
	}
	fputc('\n', out);
}

static void put_zone(FILE *out, const struct zone_proposal *p, unsigned indent)
{
	const struct declared_zone *z = &p->zone;
	unsigned inner = indent + 2;
	if (p->comment != NULL)
		put_paragraph(out, p->comment, indent);
	fprintf(out, "%*s- id: ", (int)indent, "");
	put_value(out, z->id);
	fputc('\n', out);
	put_if(out, inner, "name", z->name);
	put_key(out, inner, "kind", zone_kind_name(z->kind), NULL);
	put_key(out, inner, "status", declared_status_name(z->status), NULL);
	if (z->level != NULL)
		fprintf(out, "%*slevel: \"%s\"\n", (int)inner, "", z->level);
	put_if(out, inner, "parent", z->parent);
	put_key(out, inner, "owner", z->owner, NULL);
	put_key(out, inner, "security_level_target", z->security_level_target, NULL);
	put_key(out, inner, "approver", z->approver, NULL);
	put_key(out, inner, "approved", z->approved, NULL);
	put_if(out, inner, "physical_boundary", z->physical_boundary);
	put_if(out, inner, "notes", z->notes);
	if (z->member_count > 0)
		fprintf(out, "%*smembers:\n", (int)inner, "");
	for (size_t i = 0; i < z->member_count; i++)
		put_member(out, &z->members[i], p->member_comments != NULL ? p->member_comments[i] : NULL, inner + 2);
}

static void put_rule(FILE *out, const struct conduit_rule *rule, unsigned indent)
{
	static const char *const directions[] = {"from", "to", "both"};
	const char *separator = "";
	fprintf(out, "%*s- {", (int)indent, "");
	if (rule->protocol_count > 0) {
		fputs("protocols: [", out);
		for (size_t i = 0; i < rule->protocol_count; i++) {
			fputs(i > 0 ? ", " : "", out);
			put_value(out, rule->protocols[i][0] != '\0' ? rule->protocols[i] : "unknown");
		}
		fputs("], ", out);
	}
	if (rule->operations != 0) {
		fputs("operations: [", out);
		for (unsigned bit = 0; bit < OPERATION_BITS; bit++) {
			if ((rule->operations & 1u << bit) == 0)
				continue;
			fprintf(out, "%s%s", separator, operation_word(NULL, bit));
			separator = ", ";
		}
		fputs("], ", out);
	}
	fprintf(out, "initiator: %s", directions[rule->initiator]);
	if (rule->port != 0)
		fprintf(out, ", port: %u", rule->port);
	if (rule->reason != NULL) {
		fputs(", reason: ", out);
		put_value(out, rule->reason);
	}
	fputs("}\n", out);
}

static void put_conduit(FILE *out, const struct conduit_proposal *p, unsigned indent)
{
	const struct declared_conduit *c = &p->conduit;
	unsigned inner = indent + 2;
	if (p->comment != NULL)
		put_paragraph(out, p->comment, indent);
	fprintf(out, "%*s- id: ", (int)indent, "");
	put_value(out, c->id);
	fputc('\n', out);
	put_key(out, inner, "from", c->from, NULL);
	put_key(out, inner, "to", c->to, NULL);
	put_key(out, inner, "status", declared_status_name(c->status), NULL);
	put_key(out, inner, "owner", c->owner, NULL);
	put_key(out, inner, "security_level_target", c->security_level_target, NULL);
	put_if(out, inner, "enforced_by", c->enforced_by);
	put_if(out, inner, "notes", c->notes);
	if (c->allow_count > 0)
		fprintf(out, "%*sallow:\n", (int)inner, "");
	for (size_t i = 0; i < c->allow_count; i++)
		put_rule(out, &c->allow[i], inner + 2);
}

void zones_write_zones(FILE *out, const struct proposals *p, unsigned indent)
{
	for (size_t i = 0; i < p->zone_count; i++)
		put_zone(out, &p->zones[i], indent);
}

void zones_write_conduits(FILE *out, const struct proposals *p, unsigned indent)
{
	for (size_t i = 0; i < p->conduit_count; i++)
		put_conduit(out, &p->conduits[i], indent);
}

void zones_write_file(FILE *out, const struct proposals *p)
{
	fputs(head, out);
	fputc('\n', out);
	if (p->site != NULL)
		put_key(out, 0, "site", p->site, NULL);
	fputs("\nzones:\n", out);
	zones_write_zones(out, p, 2);
	fputs("\nconduits:\n", out);
	zones_write_conduits(out, p, 2);
}

/* A length before each text, so that no two declarations have one dump. */
static void dump(FILE *out, const char *text)
{
	if (text == NULL)
		fputs("-\n", out);
	else
		fprintf(out, "%zu %s\n", strlen(text), text);
}

void zones_dump_zone(FILE *out, const struct declared_zone *z)
{
	const char *texts[] = {z->id, z->name, z->level, z->parent, z->owner, z->security_level_target, z->approver,
		z->approved, z->physical_boundary, z->notes};
	fprintf(out, "zone %d %d %zu\n", (int)z->kind, (int)z->status, z->member_count);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		dump(out, texts[i]);
	for (size_t i = 0; i < z->member_count; i++) {
		fprintf(out, "%d ", (int)z->members[i].kind);
		dump(out, z->members[i].text);
	}
}

void zones_dump_conduit(FILE *out, const struct declared_conduit *c)
{
	const char *texts[] = {c->id, c->from, c->to, c->owner, c->security_level_target, c->enforced_by, c->notes};
	fprintf(out, "conduit %d %zu\n", (int)c->status, c->allow_count);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		dump(out, texts[i]);
	for (size_t i = 0; i < c->allow_count; i++) {
		const struct conduit_rule *rule = &c->allow[i];
		fprintf(out, "%u %u %d %zu\n", rule->port, rule->operations, (int)rule->initiator,
			rule->protocol_count);
		for (size_t j = 0; j < rule->protocol_count; j++)
			dump(out, rule->protocols[j]);
		dump(out, rule->id);
		dump(out, rule->approver);
		dump(out, rule->reason);
		dump(out, rule->expires);
	}
}
