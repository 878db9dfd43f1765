/** Both nodes, and what the embedded Zoho calls their calls. */
export const crm = 'zohoCrmUnblockEmail';
export const campaigns = 'zohoCampaignsDoNotMail';
export const nodes = [crm, campaigns] as const;
export const kindOf = { [crm]: 'unblock', [campaigns]: 'doNotMail' } as const;
