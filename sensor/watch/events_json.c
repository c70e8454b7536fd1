/* SPDX-License-Identifier: Apache-2.0 */
/* events_json.c - an event as one line of JSON, for a file that other programs follow. */
#include "sensor/watch/events.h"

#include <cJSON.h>
#include <errno.h>
#include <stdlib.h>

#include "sensor/util/text.h"

static bool put_text(cJSON *o, const char *key, const char *text)
{
	return text == NULL || cJSON_AddStringToObject(o, key, text) != NULL;
}

static bool put_time(cJSON *o, const char *key, int64_t time_ns)
{
	char text[TIME_TEXT_MAX];
	return time_ns == 0 || cJSON_AddStringToObject(o, key, time_text(text, time_ns)) != NULL;
}

static bool put_evidence(cJSON *o, const char *key, const struct event_evidence *e)
{
	if (e->capture == NULL)
		return true;
	cJSON *part = cJSON_AddObjectToObject(o, key);
	return part != NULL && put_text(part, "capture", e->capture) &&
	       cJSON_AddNumberToObject(part, "frame", (double)e->frame) != NULL && put_time(part, "time", e->time_ns);
}

int event_json(FILE *out, const struct event *e)
{
	cJSON *o = cJSON_CreateObject();
	bool good = o != NULL && put_time(o, "time", e->time_ns) && put_text(o, "kind", event_kind_name(e->kind)) &&
		    put_text(o, "asset", e->asset) && put_text(o, "asset_name", e->asset_name) &&
		    put_text(o, "peer", e->peer) && put_text(o, "peer_name", e->peer_name) &&
		    put_text(o, "protocol", e->protocol) && put_text(o, "operation", e->operation) &&
		    put_text(o, "attribute", e->attribute) && put_text(o, "old_value", e->old_value) &&
		    put_text(o, "new_value", e->new_value) && put_text(o, "message", e->message) &&
		    put_text(o, "detail", e->detail);
	if (good && e->count > 0)
		good = cJSON_AddNumberToObject(o, "count", (double)e->count) != NULL;
	good = good && put_evidence(o, "evidence", &e->evidence) && put_evidence(o, "old_evidence", &e->old_evidence);
	char *text = good ? cJSON_PrintUnformatted(o) : NULL;
	int err = text != NULL ? 0 : -ENOMEM;
	if (err == 0 && (fputs(text, out) == EOF || fputc('\n', out) == EOF))
		err = -EIO;
	cJSON_free(text);
	cJSON_Delete(o);
	return err;
}
