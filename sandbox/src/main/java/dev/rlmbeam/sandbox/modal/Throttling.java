package dev.rlmbeam.sandbox.modal;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.rlmbeam.sandbox.modal.proto.RPCRetryPolicy;
import dev.rlmbeam.sandbox.modal.proto.RPCStatus;
import io.grpc.Metadata;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Modal's request to come again later, as it stands in the trailers of a refused call. */
final class Throttling {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);
  private static final String POLICY = "/modal.client.RPCRetryPolicy";
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final float LONGEST_SECONDS = 3600;

  private Throttling() {}

  /** How long to wait before the next try; empty when nothing of the kind was said. */
  static Optional<Duration> delay(@Nullable Metadata trailers) {
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    if (details == null) {
      return Optional.empty();
    }
    try {
      for (Any detail : RPCStatus.parseFrom(details).getDetailsList()) {
        if (detail.getTypeUrl().endsWith(POLICY)) {
          float seconds = RPCRetryPolicy.parseFrom(detail.getValue()).getRetryAfterSecs();
          float sane = Float.isNaN(seconds) ? 0 : Math.max(0, Math.min(seconds, LONGEST_SECONDS));
          Duration asked = Duration.ofMillis(Math.round(sane * 1000.0));
          return Optional.of(asked.compareTo(SHORTEST) < 0 ? SHORTEST : asked);
        }
      }
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty(); // whatever it is, it is not this
    }
    return Optional.empty();
  }
}
