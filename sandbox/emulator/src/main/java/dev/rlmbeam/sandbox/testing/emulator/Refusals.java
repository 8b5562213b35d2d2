package dev.rlmbeam.sandbox.testing.emulator;

import com.google.errorprone.annotations.FormatMethod;
import com.google.protobuf.Any;
import dev.rlmbeam.sandbox.modal.proto.RPCRetryPolicy;
import dev.rlmbeam.sandbox.modal.proto.RPCStatus;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/** Answers that say no. */
final class Refusals {
  static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  private static final String TYPE_PREFIX = "type.modal.com";

  private Refusals() {}

  @FormatMethod
  static StatusRuntimeException invalid(String format, Object... values) {
    return of(Status.INVALID_ARGUMENT, format, values);
  }

  @FormatMethod
  static StatusRuntimeException notFound(String format, Object... values) {
    return of(Status.NOT_FOUND, format, values);
  }

  @FormatMethod
  static StatusRuntimeException exists(String format, Object... values) {
    return of(Status.ALREADY_EXISTS, format, values);
  }

  @FormatMethod
  static StatusRuntimeException precondition(String format, Object... values) {
    return of(Status.FAILED_PRECONDITION, format, values);
  }

  @FormatMethod
  private static StatusRuntimeException of(Status status, String format, Object... values) {
    return status.withDescription(String.format(format, values)).asRuntimeException();
  }

  /** What goes with a refusal to be tried again so much later. */
  static Metadata retryAfter(Status status, double seconds) {
    RPCStatus details =
        RPCStatus.newBuilder()
            .setCode(status.getCode().value())
            .setMessage(String.valueOf(status.getDescription()))
            .addDetails(
                Any.pack(
                    RPCRetryPolicy.newBuilder().setRetryAfterSecs((float) seconds).build(),
                    TYPE_PREFIX))
            .build();
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, details.toByteArray());
    return trailers;
  }
}
