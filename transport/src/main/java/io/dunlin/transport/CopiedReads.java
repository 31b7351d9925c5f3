package io.dunlin.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Copies what was read out of the loop's shared buffer, for decoders after it that keep unfinished input: they hold what they
 * need and no more.
 */
@Sharable
final class CopiedReads extends ChannelInboundHandlerAdapter {
    static final CopiedReads INSTANCE = new CopiedReads();

    private CopiedReads() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf shared = (ByteBuf) message;
        ByteBuf own = ctx.alloc().directBuffer(shared.readableBytes()).writeBytes(shared);
        shared.release();
        ctx.fireChannelRead(own);
    }
}
