package dev.rlmbeam.sandbox.testing.emulator;

import com.google.protobuf.Message;
import java.util.Map;

/**
 * A request as it came, to compare what two clients send. Immutable.
 *
 * @param rpc such as {@code SandboxCreateV2}
 * @param metadata what came with it, without the token's secret and the auth token
 * @param message the request itself
 */
public record RecordedRequest(String rpc, Map<String, String> metadata, Message message) {
  public RecordedRequest {
    metadata = Map.copyOf(metadata);
  }
}
