/** Modal's sandboxes on this machine: its service over gRPC, tunnels over TLS, local processes. */
@NullMarked
package dev.rlmbeam.sandbox.testing.emulator;

import org.jspecify.annotations.NullMarked;
