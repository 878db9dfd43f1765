import { RECORDS_PATH, UNBLOCK_PATH, type ReceivedRequest } from '../requests';
import type { CrmModule } from './modules';

/**
 * The scope that unblock_email wants; Zoho's sources contradict each other:
 * `modules`: `ZohoCRM.modules.{module}.UPDATE`, of the v6 page, and of the newest specification
 * (zoho/crm-oas 2026) for v8. `sendMail`: `ZohoCRM.send_mail.{module}.CREATE`, of the v7 and v8
 * pages and, as `…all.CREATE`, of the OpenAPI file of 2025. `settingsEmails`:
 * `ZohoCRM.settings.emails.CREATE`, of a mirror of the newest specification.
 */
export type ScopeFamily = 'modules' | 'sendMail' | 'settingsEmails';

/**
 * Whether a token with these scopes (in lower case) may make a call.
 *
 * @param family the scope that an unblock wants; by the page of its version where undefined
 */
export function allows(
	scopes: ReadonlySet<string>,
	{ kind, path }: ReceivedRequest,
	modules: readonly CrmModule[],
	family: ScopeFamily | undefined,
): boolean {
	const any = (pattern: RegExp) => [...scopes].some((scope) => pattern.test(scope));
	if (kind === 'modules') return any(/^zohocrm\.settings(\.modules\.(read|all)|\.all)$/);
	if (kind === 'customViews') return any(/^zohocrm\.settings(\.custom_views\.(read|all)|\.all)$/);
	if (kind === 'other') return any(/^zohocrm\./);
	if (kind === 'records') {
		const of = scopeName(RECORDS_PATH.exec(path)?.groups?.module ?? '', modules);
		return any(new RegExp(`^zohocrm\\.modules(\\.(all|${of})\\.(read|all)|\\.all)$`));
	}
	const module = scopeName(UNBLOCK_PATH.exec(path)?.groups?.module ?? '', modules);
	switch (family ?? (path.startsWith('/crm/v6/') ? 'modules' : 'sendMail')) {
		case 'modules':
			return any(new RegExp(`^zohocrm\\.modules(\\.(all|${module})\\.(update|all)|\\.all)$`));
		case 'sendMail':
			return any(new RegExp(`^zohocrm\\.send_mail\\.(all|${module})\\.create$`));
		case 'settingsEmails':
			return any(/^zohocrm\.settings(\.emails\.(create|all)|\.all)$/);
	}
}

/** How scopes name a module: `salesorders` for `Sales_Orders`, `custom` for all custom ones. */
function scopeName(apiName: string, modules: readonly CrmModule[]): string {
	const module = modules.find((known) => known.api_name === apiName);
	if (module === undefined) return '[a-z]+';
	return module.generated_type === 'custom' ? 'custom' : apiName.toLowerCase().replaceAll('_', '');
}
