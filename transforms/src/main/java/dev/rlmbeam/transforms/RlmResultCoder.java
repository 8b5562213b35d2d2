package dev.rlmbeam.transforms;

import static dev.rlmbeam.transforms.OutcomeFields.DOUBLE;
import static dev.rlmbeam.transforms.OutcomeFields.INT;
import static dev.rlmbeam.transforms.OutcomeFields.STRING;
import static dev.rlmbeam.transforms.OutcomeFields.USAGE;

import dev.rlmbeam.transforms.rlm.StopReason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.AtomicCoder;

/** Encodes results. */
public final class RlmResultCoder extends AtomicCoder<RlmResult> {
  private static final long serialVersionUID = 1L;
  private static final RlmResultCoder INSTANCE = new RlmResultCoder();

  private RlmResultCoder() {}

  /** The coder. */
  public static RlmResultCoder of() {
    return INSTANCE;
  }

  @Override
  public void encode(RlmResult result, OutputStream out) throws IOException {
    STRING.encode(result.id(), out);
    STRING.encode(result.answer(), out);
    STRING.encode(result.stopReason().name(), out);
    INT.encode(result.turns(), out);
    INT.encode(result.subCalls(), out);
    USAGE.encode(result.usage(), out);
    DOUBLE.encode(result.seconds(), out);
    INT.encode(result.attempts(), out);
    STRING.encode(result.runId(), out);
    STRING.encode(result.worker(), out);
    STRING.encode(result.attributes(), out);
  }

  @Override
  public RlmResult decode(InputStream in) throws IOException {
    return new RlmResult(
        STRING.decode(in),
        STRING.decode(in),
        StopReason.valueOf(STRING.decode(in)),
        INT.decode(in),
        INT.decode(in),
        USAGE.decode(in),
        DOUBLE.decode(in),
        INT.decode(in),
        STRING.decode(in),
        STRING.decode(in),
        STRING.decode(in));
  }
}
