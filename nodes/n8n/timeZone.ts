import type { FunctionsBase } from 'n8n-workflow';

/** The workflow's time zone; undefined for one of those that only n8n's own library of dates knows. */
export function timeZoneOf(context: Pick<FunctionsBase, 'getTimezone'>): string | undefined {
	try {
		const timeZone = context.getTimezone();
		new Date(0).toLocaleDateString('en-GB', { timeZone });
		return timeZone;
	} catch {
		return undefined;
	}
}
