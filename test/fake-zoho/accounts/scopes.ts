/** Everything that the APIs played here ask for, by their pages. */
export const EVERY_SCOPE = [
	'ZohoCRM.modules.ALL',
	'ZohoCRM.send_mail.all.CREATE',
	'ZohoCRM.settings.modules.READ',
	'ZohoCRM.settings.custom_views.READ',
	'ZohoCampaigns.contact.UPDATE',
	'ZohoCampaigns.campaign.READ',
].join(',');

/** The scopes in a text that parts them with commas or blanks, in lower case. */
export function scopeList(scopes: string): string[] {
	return scopes
		.toLowerCase()
		.split(/[\s,]+/)
		.filter((scope) => scope !== '');
}
