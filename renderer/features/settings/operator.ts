/** What an operator's principal looks like: the exact name in the auditor's allowed_signers file. */
export const principalShape = /^[A-Za-z0-9._+-]+@[A-Za-z0-9._-]+$/;
