package dev.skiffmesh.translator.wire;

import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption.HeaderAppendAction;
import java.util.List;
import java.util.Map;

/** Headers with the values that a user wrote, which Envoy would read as a format. */
public final class HeaderValues {

  private HeaderValues() {}

  /** Each in the place of all values that are there. */
  public static List<HeaderValueOption> set(Map<String, String> headers) {
    return options(headers, HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD);
  }

  /** Each beside the values that are there. */
  public static List<HeaderValueOption> add(Map<String, String> headers) {
    return options(headers, HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD);
  }

  private static List<HeaderValueOption> options(
      Map<String, String> headers, HeaderAppendAction action) {
    return headers.entrySet().stream()
        .map(header -> option(header.getKey(), header.getValue(), action))
        .toList();
  }

  private static HeaderValueOption option(String name, String value, HeaderAppendAction action) {
    return HeaderValueOption.newBuilder()
        .setHeader(
            HeaderValue.newBuilder()
                .setKey(name)
                // A single '%' would begin a command of Envoy's access-log format.
                .setValue(value.replace("%", "%%")))
        .setAppendAction(action)
        .setKeepEmptyValue(true)
        .build();
  }
}
