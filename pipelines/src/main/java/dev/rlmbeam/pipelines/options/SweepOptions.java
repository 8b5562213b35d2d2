package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.jspecify.annotations.Nullable;

/** Which sandboxes are ended. */
public interface SweepOptions extends ModalConnectionOptions, ConfiguredOptions, CommonOptions {

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "ID", place = 1)
  @Description("Those of one run, by the id that its summary has. Default: all of the app.")
  @Nullable String getRun();

  void setRun(@Nullable String value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "TIME", place = 2)
  @Description("Only those that are older.")
  @Default.String("0")
  String getOlderThan();

  void setOlderThan(String value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, place = 3)
  @Description("End them. Without it they are only listed.")
  @Default.Boolean(false)
  boolean getTerminate();

  void setTerminate(boolean value);
}
