package dev.rlmbeam.transforms;

import dev.rlmbeam.transforms.model.ModelUsage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;

/** Coders of the fields that results and failures share. */
final class OutcomeFields {
  static final StringUtf8Coder STRING = StringUtf8Coder.of();
  static final VarIntCoder INT = VarIntCoder.of();
  static final DoubleCoder DOUBLE = DoubleCoder.of();
  static final Coder<Map<String, ModelUsage>> USAGE = MapCoder.of(STRING, new UsageCoder());

  private OutcomeFields() {}

  private static final class UsageCoder extends CustomCoder<ModelUsage> {
    private static final long serialVersionUID = 1L;
    private static final VarLongCoder LONG = VarLongCoder.of();
    private static final Coder<Double> COST = NullableCoder.of(DOUBLE);

    @Override
    public void encode(ModelUsage usage, OutputStream out) throws IOException {
      LONG.encode(usage.calls(), out);
      LONG.encode(usage.inputTokens(), out);
      LONG.encode(usage.outputTokens(), out);
      COST.encode(usage.reportedCostUsd(), out);
      COST.encode(usage.sandboxSeconds(), out);
    }

    @Override
    public ModelUsage decode(InputStream in) throws IOException {
      return new ModelUsage(
          LONG.decode(in), LONG.decode(in), LONG.decode(in), COST.decode(in), COST.decode(in));
    }

    @Override
    public void verifyDeterministic() {}
  }
}
