/** Looking into JSON of which nothing is certain. Pure. */

/** The value that a text stands for, to the letter; undefined where it is no JSON. */
export function parsePlainly(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * The value that a text stands for; undefined where it is no JSON. Zoho's IDs have up to 19 digits and
 * JSON.parse keeps 15: an `id` without quotes gets them first.
 */
export function parseJson(text: string): unknown {
	return parsePlainly(text.replace(/("id"\s*:\s*)(\d+)(?=\s*[,}])/g, '$1"$2"'));
}

/** The value as an object to look into; an empty one where it is none. */
export function asRecord(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A text, or a number as text; empty for anything else that a reply may hold in its place. */
export function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A message without case and punctuation, for comparing: Zoho writes the same one in several ways. */
export function plain(message: string): string {
	return message
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, ' ')
		.trim();
}
