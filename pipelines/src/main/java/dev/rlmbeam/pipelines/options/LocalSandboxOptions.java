package dev.rlmbeam.pipelines.options;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.jspecify.annotations.Nullable;

/** What local sandboxes are made of. */
public interface LocalSandboxOptions extends PipelineOptions {

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "auto|bubblewrap|none", place = 2)
  @Description(
      "What walls local sandboxes in. auto: bubblewrap, or a plain process with"
          + " --model=offline only; bubblewrap; none: a plain process, whose code can do what you"
          + " can.")
  @Default.String("auto")
  String getLocalIsolation();

  void setLocalIsolation(String value);

  @OptionGroup.In(value = OptionGroup.SANDBOX, sample = "PATH", place = 3)
  @Description("Python 3.8 or newer for local sandboxes. Default: python3.")
  @Nullable String getPython();

  void setPython(@Nullable String value);
}
