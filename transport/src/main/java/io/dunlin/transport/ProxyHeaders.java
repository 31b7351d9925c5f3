package io.dunlin.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The PROXY protocol: who may send its header, whether one is there, and what it says. */
final class ProxyHeaders {
    private static final int PREFIX_BYTES = 12;

    private final List<IpSubnetFilterRule> trusted = new ArrayList<>();

    /** @throws TransportException where an entry is neither an address nor a network */
    ProxyHeaders(String listener, List<String> trustedProxies) {
        for (String entry : trustedProxies) {
            try {
                InetAddress.ofLiteral(entry.contains("/") ? entry.substring(0, entry.indexOf('/')) : entry);
                String network = entry.contains("/") ? entry : entry + (entry.contains(":") ? "/128" : "/32");
                trusted.add(new IpSubnetFilterRule(network, IpFilterRuleType.ACCEPT));
            } catch (IllegalArgumentException e) {
                throw new TransportException(
                        "Listener \"" + listener + "\" has a trusted proxy \"" + entry
                                + "\" that is neither an address like 10.0.0.7 nor a network like 10.0.0.0/8.",
                        e);
            }
        }
    }

    /** Whether this peer may speak for others. Peers of a unix domain socket may. */
    boolean trusts(SocketAddress peer) {
        return trusted.isEmpty()
                || !(peer instanceof InetSocketAddress address)
                || trusted.stream().anyMatch(rule -> rule.matches(address));
    }

    /** The client that the header names, or the peer itself where it names none; the header is released. */
    static SocketAddress client(HAProxyMessage header, SocketAddress peer) throws UnknownHostException {
        try {
            String source = header.sourceAddress();
            if (header.command() == HAProxyCommand.LOCAL || source == null) {
                return peer;
            }
            byte[] address = NetUtil.createByteArrayFromIpAddressString(source);
            if (address != null) {
                return new InetSocketAddress(InetAddress.getByAddress(address), header.sourcePort());
            }
            return source.isEmpty() ? peer : UnixDomainSocketAddress.of(source);
        } finally {
            header.release();
        }
    }

    /** Told after a {@link Detector} where there is no header. */
    enum NoHeader {
        SEEN
    }

    /** Waits until it is clear whether a header comes first, then makes room for its decoder or for what follows. */
    static final class Detector extends ByteToMessageDecoder {
        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
            byte first = in.getByte(in.readerIndex());
            boolean possible = first == 'P' || first == '\r';
            if (possible && in.readableBytes() < PREFIX_BYTES) {
                return;
            }
            if (possible) {
                ctx.pipeline().addAfter(ctx.name(), null, new HAProxyMessageDecoder());
            } else {
                ctx.fireUserEventTriggered(NoHeader.SEEN);
            }
            ctx.pipeline().remove(this);
        }
    }
}
