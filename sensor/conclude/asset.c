/* SPDX-License-Identifier: Apache-2.0 */
/* asset.c - conclusions from facts, step by step (see work.h), and the stable names of assets. */
#include "sensor/conclude/work.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sensor/util/text.h"

/* 16 hexadecimal digits of the SHA-256 of an anchor: enough for a billion assets of one site. */
static bool id_make(EVP_MD_CTX *hash, const EVP_MD *kind, char id[ASSET_ID_MAX], const char *anchor)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	if (!EVP_DigestInit_ex(hash, kind, NULL) || !EVP_DigestUpdate(hash, anchor, strlen(anchor)) ||
		!EVP_DigestFinal_ex(hash, digest, NULL))
		return false;
	for (unsigned i = 0; i < ASSET_ID_MAX - 1; i++)
		id[i] = "0123456789abcdef"[digest[i / 2] >> (i % 2 ? 0 : 4) & 15];
	id[ASSET_ID_MAX - 1] = '\0';
	return true;
}

/* The lowest MAC that is proved to be the device's, before others one that its maker gave it; else the lowest IP. */
static const char *anchor_of(const struct asset *asset)
{
	const char *best = NULL;
	bool best_made = false;
	for (size_t i = 0; i < asset->interface_count; i++) {
		struct address mac;
		const char *text = asset->interfaces[i].mac;
		if (text == NULL || !address_parse(&mac, text))
			continue;
		bool made = (mac.bytes[0] & 2) == 0;
		if (best == NULL || (made && !best_made) || (made == best_made && strcmp(text, best) < 0)) {
			best = text;
			best_made = made;
		}
	}
	return best != NULL ? best : asset->interfaces[0].ips[0];
}

static void ids_settle(struct work *w)
{
	char anchor[128];
	EVP_MD *kind = EVP_MD_fetch(NULL, "SHA256", NULL);
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	w->failed |= kind == NULL || hash == NULL;
	for (uint32_t a = 0; a < w->out->asset_count && !w->failed; a++) {
		struct asset *asset = &w->out->assets[a];
		if (asset->parent == ASSET_NONE)
			snprintf(anchor, sizeof(anchor), "%s", anchor_of(asset));
		else
			snprintf(anchor, sizeof(anchor), "%s %s %s", w->out->assets[asset->parent].id,
				path_kind_name(asset->at.kind), asset->at.text);
		w->failed |= !id_make(hash, kind, asset->id, anchor);
	}
	EVP_MD_CTX_free(hash);
	EVP_MD_free(kind);
}

int conclusions_make(struct conclusions *out, const struct inventory *inv, struct knowledge *knowledge,
	const struct declarations *declarations)
{
	struct work w = {.inventory = inv, .knowledge = knowledge, .out = out};
	memset(out, 0, sizeof(*out));
	out->inventory = inv;
	out->knowledge = knowledge;
	out->declarations = declarations;
	bool made = node_gather(&w) && subnet_gather(&w) && device_unite(&w) && serial_unite(&w) && chassis_unite(&w) &&
		    child_gather(&w) && fact_gather(&w) && interface_gather(&w) && role_gather(&w) && field_settle(&w) &&
		    type_settle(&w);
	arena_clear(&w.early);
	made = made && link_gather(&w);
	if (made) {
		field_claim(&w);
		field_borrow(&w);
		identify_settle(&w);
		ids_settle(&w);
	}
	made = made && register_match(&w) && level_settle(&w) && zone_settle(&w) && conduit_settle(&w) && finding_settle(&w);
	index_clear(&w.text_index);
	arena_clear(&w.scratch);
	if (!made || w.failed) {
		conclusions_clear(out);
		return -ENOMEM;
	}
	return 0;
}

void conclusions_clear(struct conclusions *c)
{
	arena_clear(&c->arena);
	memset(c, 0, sizeof(*c));
}

static bool has_address(const struct asset *asset, const char *address)
{
	for (size_t i = 0; i < asset->interface_count; i++) {
		const struct interface *at = &asset->interfaces[i];
		if (at->mac != NULL && strcmp(at->mac, address) == 0)
			return true;
		for (size_t j = 0; j < at->ip_count; j++)
			if (strcmp(at->ips[j], address) == 0)
				return true;
	}
	return false;
}

uint32_t conclusions_find(const struct conclusions *c, const char *what)
{
	char text[ADDRESS_TEXT_MAX] = "";
	struct address address;
	if (address_parse(&address, what))
		address_text(text, &address);
	for (uint32_t i = 0; i < c->asset_count; i++)
		if (strcmp(c->assets[i].id, what) == 0 || (text[0] != '\0' && has_address(&c->assets[i], text)))
			return i;
	for (uint32_t i = 0; i < c->asset_count; i++)
		if (c->assets[i].name != NULL && strcasecmp(c->assets[i].name, what) == 0)
			return i;
	return ASSET_NONE;
}
