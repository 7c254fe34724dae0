export function checkPinning(platform?: string): void;
