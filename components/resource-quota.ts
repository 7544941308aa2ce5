/**
 * Annotations of a ResourceQuota. It binds a moment after it is made, once a controller has counted; the provider is not
 * to wait for that: it crashes, with all that it was making, when the API server goes away meanwhile.
 */
export const quotaAnnotations = { "pulumi.com/skipAwait": "true" };
