/** What a room answers; the server sends it, or spoils it where a fault says so. */
export interface Reply {
	status: number;
	headers: Record<string, string>;
	body: string;
}

/** A JSON reply. `body` may be text already, where digits must not pass through a number. */
export function json(status: number, body: object | string): Reply {
	return {
		status,
		headers: { 'content-type': 'application/json;charset=UTF-8' },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	};
}

export function html(status: number, body: string): Reply {
	return {
		status,
		headers: { 'content-type': 'text/html;charset=UTF-8' },
		body: `<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>Zoho</title></head><body>${body}</body></html>`,
	};
}

/** Text made safe for HTML and XML, in text as in attributes. */
export function escapeMarkup(text: string): string {
	return text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
}
