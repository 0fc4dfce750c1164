package dev.skiffmesh.server.csds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.status.v3.ClientStatusRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every form of a node matcher, in the protos' own JSON. */
final class NodeFilterTest {

  private static final String NODE =
      """
      {"id": "trading/order/10.0.0.5:8080",
       "metadata": {"skiff": {"v": 1, "service": "order", "labels": {"version": "v2"},
                    "canary": true, "ports": ["http", "grpc"], "none": null}}}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                     | true
          {nodeId: {exact: 'trading/order/10.0.0.5:8080'}}                       | true
          {nodeId: {exact: 'TRADING/order/10.0.0.5:8080'}}                       | false
          {nodeId: {exact: 'TRADING/order/10.0.0.5:8080', ignoreCase: true}}     | true
          {nodeId: {prefix: 'trading/'}}                                         | true
          {nodeId: {prefix: 'order'}}                                            | false
          {nodeId: {suffix: ':8080'}}                                            | true
          {nodeId: {suffix: ':808'}}                                             | false
          {nodeId: {contains: '/ORDER/', ignoreCase: true}}                      | true
          {nodeId: {contains: '/ORDER/'}}                                        | false
          {nodeId: {safeRegex: {regex: '[a-z]+/order/.*'}}}                      | true
          {nodeId: {safeRegex: {regex: 'order'}}}                                | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: service}], value: {stringMatch: {exact: order}}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: service}], value: {stringMatch: {exact: quote}}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: labels}, {key: version}], value: {stringMatch: {prefix: v}}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {doubleMatch: {exact: 1}}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {doubleMatch: {range: {start: 1, end: 2}}}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {doubleMatch: {range: {start: 0, end: 1}}}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {stringMatch: {exact: '1'}}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: canary}], value: {boolMatch: true}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: canary}], value: {boolMatch: false}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: none}], value: {nullMatch: {}}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {nullMatch: {}}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {presentMatch: true}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: absent}], value: {presentMatch: true}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: absent}], value: {presentMatch: false}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: labels}], value: {presentMatch: true}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: labels}], value: {presentMatch: false}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: ports}], value: {listMatch: {oneOf: {stringMatch: {exact: grpc}}}}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: ports}], value: {listMatch: {oneOf: {stringMatch: {exact: tcp}}}}}]} | false
          {nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {orMatch: {valueMatchers: [{boolMatch: true}, {doubleMatch: {exact: 1}}]}}}]} | true
          {nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {orMatch: {valueMatchers: [{boolMatch: true}, {doubleMatch: {exact: 2}}]}}}]} | false
          {nodeId: {prefix: 'trading/'}, nodeMetadatas: [{path: [{key: skiff}, {key: v}], value: {doubleMatch: {exact: 2}}}]} | false
          """)
  void oneMatcher(String matcher, boolean expected) throws InvalidProtocolBufferException {
    assertThat(matches(matcher)).isEqualTo(expected);
  }

  @Test
  void oneOfSeveralIsEnoughAndNoneIsEverybody() throws InvalidProtocolBufferException {
    assertThat(matches("{nodeId: {exact: nobody}}, {nodeId: {prefix: trading}}")).isTrue();
    assertThat(matches("{nodeId: {exact: nobody}}, {nodeId: {exact: somebody}}")).isFalse();
    assertThat(NodeFilter.of(List.of()).test(node())).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {nodeId: {}}                                      | `node_matchers[0].node_id` must have a pattern, found none
          {nodeId: {custom: {name: x}}}                     | `node_matchers[0].node_id.custom` is not supported; use another pattern
          {nodeId: {prefix: ''}}                            | `node_matchers[0].node_id.prefix` must not be empty
          {nodeId: {safeRegex: {regex: '('}}}               | `node_matchers[0].node_id.safe_regex.regex` must be a pattern of RE2, found '('
          {nodeMetadatas: [{value: {boolMatch: true}}]}     | `node_matchers[0].node_metadatas[0].path` must have a segment, found none
          {nodeMetadatas: [{path: [{key: a}]}]}             | `node_matchers[0].node_metadatas[0].value` must have a pattern, found none
          {nodeMetadatas: [{path: [{}], value: {boolMatch: true}}]} | `node_matchers[0].node_metadatas[0].path[0].key` must not be empty
          {nodeMetadatas: [{path: [{key: a}], value: {doubleMatch: {}}}]} | `node_matchers[0].node_metadatas[0].value.double_match` must have a pattern, found none
          """)
  void whatCannotBeUsedIsNamed(String matcher, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> matches(matcher))
        .withMessageStartingWith(message);
  }

  private static boolean matches(String matchers) throws InvalidProtocolBufferException {
    ClientStatusRequest.Builder request = ClientStatusRequest.newBuilder();
    JsonFormat.parser().merge("{nodeMatchers: [" + matchers + "]}", request);
    return NodeFilter.of(request.getNodeMatchersList()).test(node());
  }

  private static Node node() throws InvalidProtocolBufferException {
    Node.Builder node = Node.newBuilder();
    JsonFormat.parser().merge(NODE, node);
    return node.build();
  }
}
