/** How an address stands: bounced softly, bounced for good, not blocked, or there is none. */
export type Bounce = 'soft' | 'hard' | 'unblocked' | 'none';

export interface CrmRecord {
	email: Bounce;
	secondary: Bounce;
	/** How often it was unblocked in its life; at 5 it cannot be again. */
	timesUnblocked: number;
}

/** Why a record cannot be unblocked; `worn`: it was five times already. */
export type RecordReason = 'noRecord' | 'hard' | 'worn' | 'already';

const MAX_TIMES_UNBLOCKED = 5;

const FIELDS = { Email: 'email', Secondary_Email: 'secondary' } as const;
export type Field = keyof typeof FIELDS;
export const FIELD_NAMES: readonly string[] = Object.keys(FIELDS);

export function isField(name: string): name is Field {
	return Object.hasOwn(FIELDS, name);
}

/** Why these fields of a record cannot be unblocked; undefined where they can. */
export function reasonAgainst(
	record: CrmRecord | undefined,
	fields: readonly Field[],
): RecordReason | undefined {
	if (record === undefined) return 'noRecord';
	const bounces = fields.map((field) => record[FIELDS[field]]);
	if (bounces.includes('hard')) return 'hard';
	if (!bounces.includes('soft')) return 'already';
	return record.timesUnblocked >= MAX_TIMES_UNBLOCKED ? 'worn' : undefined;
}

/** The addresses of a record, as a list of records shows them; null where there is none. */
export function addressesOf(id: string, { email, secondary }: CrmRecord) {
	return {
		Email: email === 'none' ? null : `person-${id}@example.com`,
		Secondary_Email: secondary === 'none' ? null : `other-${id}@example.com`,
	};
}

/** Unblocks these fields of a record, which costs it one of its five times. */
export function unblockFields(record: CrmRecord, fields: readonly Field[]): void {
	for (const field of fields) {
		if (record[FIELDS[field]] === 'soft') record[FIELDS[field]] = 'unblocked';
	}
	record.timesUnblocked++;
}
