package dev.rlmbeam.transforms.model;

import okhttp3.Headers;
import okio.ByteString;

/**
 * What a service sent back. Immutable.
 *
 * @param complete false when the connection ended before the body did
 */
record HttpReply(int status, Headers headers, ByteString body, boolean complete) {}
