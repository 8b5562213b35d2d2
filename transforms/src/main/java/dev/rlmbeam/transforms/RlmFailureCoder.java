package dev.rlmbeam.transforms;

import static dev.rlmbeam.transforms.OutcomeFields.DOUBLE;
import static dev.rlmbeam.transforms.OutcomeFields.INT;
import static dev.rlmbeam.transforms.OutcomeFields.STRING;
import static dev.rlmbeam.transforms.OutcomeFields.USAGE;

import dev.rlmbeam.transforms.rlm.FailureClass;
import dev.rlmbeam.transforms.rlm.Stage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;

/** Encodes failures. */
public final class RlmFailureCoder extends AtomicCoder<RlmFailure> {
  private static final long serialVersionUID = 1L;
  private static final RlmFailureCoder INSTANCE = new RlmFailureCoder();

  private RlmFailureCoder() {}

  /** The coder. */
  public static RlmFailureCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(RlmFailure failure, OutputStream out) throws IOException {
    STRING.encode(failure.id(), out);
    STRING.encode(failure.errorClass().name(), out);
    STRING.encode(failure.message(), out);
    STRING.encode(failure.stage().name(), out);
    STRING.encode(failure.source(), out);
    INT.encode(failure.attempts(), out);
    STRING.encode(failure.partialAnswer(), out);
    INT.encode(failure.turns(), out);
    INT.encode(failure.subCalls(), out);
    USAGE.encode(failure.usage(), out);
    DOUBLE.encode(failure.seconds(), out);
    STRING.encode(failure.runId(), out);
    STRING.encode(failure.worker(), out);
    STRING.encode(failure.attributes(), out);
  }

  @Override
  public RlmFailure decode(InputStream in) throws IOException {
    return new RlmFailure(
        STRING.decode(in),
        FailureClass.valueOf(STRING.decode(in)),
        STRING.decode(in),
        Stage.valueOf(STRING.decode(in)),
        STRING.decode(in),
        INT.decode(in),
        STRING.decode(in),
        INT.decode(in),
        INT.decode(in),
        USAGE.decode(in),
        DOUBLE.decode(in),
        STRING.decode(in),
        STRING.decode(in),
        STRING.decode(in));
  }
}
