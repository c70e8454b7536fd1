/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signoff.c - 14_signoff: who prepared, reviewed and approved the pack, as a form for people and one for programs.
 *
 * Both have the hash of the manifest, and the manifest has those of all other files: whoever signs the form signs the
 * pack. They say nothing but what the manifest says, so verify.c makes them again and compares: only what stands where
 * PACK_BLANK was may differ.
 */
#include "sensor/export/element.h"
#include "sensor/pack/parts.h"

static const char *or_unknown(const char *text)
{
	return text != NULL && *text != 0 ? text : "unknown";
}

static void put_person(struct element_writer *w, const char *key)
{
	cJSON *o = element_new(w);
	element_text(w, o, "name", PACK_BLANK);
	element_text(w, o, "function", PACK_BLANK);
	element_text(w, o, "date", PACK_BLANK);
	element_text(w, o, "signature", PACK_BLANK);
	fprintf(w->out, ",\n  \"%s\": ", key);
	element_write(w, o);
}

int signoff_json(FILE *out, const struct manifest *m, const char *manifest_sha256)
{
	struct element_writer w = {.out = out};
	fputs("{\n  \"schema\": \"earshot.signoff/1\",\n  \"site\": ", out);
	element_write_text(&w, m->site);
	cJSON *window = element_new(&w);
	element_text(&w, window, "first", m->first);
	element_text(&w, window, "last", m->last);
	fputs(",\n  \"window\": ", out);
	element_write(&w, window);
	cJSON *manifest = element_new(&w);
	element_text(&w, manifest, "file", PACK_MANIFEST);
	element_text(&w, manifest, "sha256", manifest_sha256);
	element_text(&w, manifest, "previous_sha256", m->previous);
	fputs(",\n  \"manifest\": ", out);
	element_write(&w, manifest);
	put_person(&w, "prepared_by");
	put_person(&w, "reviewed_by");
	put_person(&w, "approved_by");
	fputs(",\n  \"decision\": \"" PACK_BLANK "\",\n  \"exceptions\": \"" PACK_BLANK "\",\n"
	      "  \"next_review\": \"" PACK_BLANK "\",\n  \"classification\": \"" PACK_BLANK "\"\n}\n",
		out);
	return w.err;
}

static void put_row(FILE *out, const char *what, const char *text)
{
	fprintf(out, "| %s | ", what);
	paper_put(out, or_unknown(text));
	fputs(" |\n", out);
}

int signoff_text(FILE *out, const struct manifest *m, const char *manifest_sha256)
{
	static const char *const people[] = {"Prepared by", "Reviewed by", "Approved by (asset owner)"};
	static const char *const words[] = {"Decision (accepted, accepted with exceptions, rejected)",
		"Exceptions, and who bears them until when", "Next review", "Classification of this pack"};
	fputs("# Sign-off of the evidence pack\n\n"
	      "Complete each field in its line; `earshot pack --verify` then still finds every other change. A\n"
	      "signature under the SHA-256 below is a signature under every file of the pack.\n\n"
	      "| of | is |\n|---|---|\n",
		out);
	put_row(out, "Site", m->site);
	put_row(out, "First packet (UTC)", m->first);
	put_row(out, "Last packet (UTC)", m->last);
	fprintf(out, "| SHA-256 of " PACK_MANIFEST " | %s |\n", manifest_sha256);
	fprintf(out, "| SHA-256 of the manifest before | %s |\n",
		m->previous[0] != 0 ? m->previous : "none: the first pack");
	fputs("\n| role | name | function | date | signature |\n|---|---|---|---|---|\n", out);
	for (size_t i = 0; i < sizeof(people) / sizeof(people[0]); i++)
		fprintf(out, "| %s | " PACK_BLANK " | " PACK_BLANK " | " PACK_BLANK " | " PACK_BLANK " |\n", people[i]);
	fputs("\n| decision | |\n|---|---|\n", out);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		fprintf(out, "| %s | " PACK_BLANK " |\n", words[i]);
	fputs("\nThe pack is evidence for requirements; whether a requirement is met is for the signing people to say. "
	      "What\n"
	      "was not heard is not proved absent: see 08_coverage.md and 13_open_items.csv before signing.\n",
		out);
	return 0;
}
