//go:build !noasm

#include "textflag.h"

// pointsGeneric in plain Go defines what this does. Operands are in Go's order: the destination is
// last, and the second term of a difference or comparison comes first.

// Constants, float32 unless the name says otherwise.
DATA consts<>+0(SB)/4, $0x3f000000  // ½
DATA consts<>+4(SB)/4, $0x3f800000  // 1
DATA consts<>+8(SB)/4, $0x33800000  // 2⁻²⁴
DATA consts<>+12(SB)/4, $0x004afb0d  // 0x3f800000 − sqrtHalfBits, integer
DATA consts<>+16(SB)/4, $0x3f3504f3  // sqrtHalfBits, integer
DATA consts<>+20(SB)/4, $0x007fffff  // fraction of a float32, integer
DATA consts<>+24(SB)/4, $0x3f317218  // ln 2
DATA consts<>+28(SB)/4, $0x3eaaab5b  // logQ0
DATA consts<>+32(SB)/4, $0xbe80024a  // logQ1
DATA consts<>+36(SB)/4, $0x3e4c7218  // logQ2
DATA consts<>+40(SB)/4, $0xbe29a1d1  // logQ3
DATA consts<>+44(SB)/4, $0x3e185711  // logQ4
DATA consts<>+48(SB)/4, $0xbe12f231  // logQ5
DATA consts<>+52(SB)/4, $0x3db6a34a  // logQ6
DATA consts<>+56(SB)/4, $1           // integer
DATA consts<>+60(SB)/4, $127         // integer
GLOBL consts<>(SB), RODATA|NOPTR, $64

// 64-bit constants of the mixing function. The eight generators are distributed over two
// registers in such a way that interleaving halves of both puts the points in order: 0, 1,
// 4, 5 and 2, 3, 6, 7.
DATA  mixing<>+0(SB)/8, $0x9e3779b97f4a7c15  // γ
DATA  mixing<>+8(SB)/8, $0x3c6ef372fe94f82a  // 2γ
DATA  mixing<>+16(SB)/8, $0x1715609f7c746c69 // 5γ
DATA  mixing<>+24(SB)/8, $0xb54cda58fbbee87e // 6γ
DATA  mixing<>+32(SB)/8, $0xdaa66d2c7ddf743f // 3γ
DATA  mixing<>+40(SB)/8, $0x78dde6e5fd29f054 // 4γ
DATA  mixing<>+48(SB)/8, $0x538454127b096493 // 7γ
DATA  mixing<>+56(SB)/8, $0xf1bbcdcbfa53e0a8 // 8γ
DATA  mixing<>+64(SB)/8, $0x1ce4e5b91ce4e5b9 // low half of mix1, twice
DATA  mixing<>+72(SB)/8, $0xbf58476dbf58476d // high half of mix1
DATA  mixing<>+80(SB)/8, $0x133111eb133111eb // low half of mix2
DATA  mixing<>+88(SB)/8, $0x94d049bb94d049bb // high half of mix2
GLOBL mixing<>(SB), RODATA|NOPTR, $96

// MIX mixes the four counters in Z; T1 and T2 are scratch. M1L … M2H hold the
// halves of the factors. A 64-bit product of halves is
// lo·lo + (hi·lo + lo·hi)·2³².
#define MIX(Z, T1, T2, M1L, M1H, M2L, M2H) \
	VPSRLQ   $30, Z, T1    \
	VPXOR    T1, Z, Z      \
	VPSRLQ   $32, Z, T1    \
	VPMULUDQ M1L, T1, T1   \
	VPMULUDQ M1H, Z, T2    \
	VPMULUDQ M1L, Z, Z     \
	VPADDQ   T2, T1, T1    \
	VPSLLQ   $32, T1, T1   \
	VPADDQ   T1, Z, Z      \
	VPSRLQ   $27, Z, T1    \
	VPXOR    T1, Z, Z      \
	VPSRLQ   $32, Z, T1    \
	VPMULUDQ M2L, T1, T1   \
	VPMULUDQ M2H, Z, T2    \
	VPMULUDQ M2L, Z, Z     \
	VPADDQ   T2, T1, T1    \
	VPSLLQ   $32, T1, T1   \
	VPADDQ   T1, Z, Z      \
	VPSRLQ   $31, Z, T1    \
	VPXOR    T1, Z, Z

// CONST broadcasts one of consts.
#define CONST(OFFSET, Y) VBROADCASTSS consts<>+OFFSET(SB), Y

// SEED sets a word of all generators, A and B, to the next 8 numbers of the stream, of which
// Y15 holds the counter.
#define SEED(A, B) \
	VPADDQ mixing<>+0(SB), Y15, A  \
	VPADDQ mixing<>+32(SB), Y15, B \
	MIX(A, Y0, Y1, Y2, Y3, Y4, Y5) \
	MIX(B, Y0, Y1, Y2, Y3, Y4, Y5) \
	VPBROADCASTQ mixing<>+56(SB), Y0 \
	VPADDQ Y0, Y15, Y15

// DRAW sets Z to the next number of four generators with words S0 … S3; T is scratch.
#define DRAW(Z, T, S0, S1, S2, S3) \
	VPADDQ S3, S0, Z   \
	VPSLLQ $17, S1, T  \
	VPXOR  S0, S2, S2  \
	VPXOR  S1, S3, S3  \
	VPXOR  S2, S1, S1  \
	VPXOR  S3, S0, S0  \
	VPXOR  T, S2, S2   \
	VPSRLQ $19, S3, T  \
	VPSLLQ $45, S3, S3 \
	VPOR   T, S3, S3

// func pointsAVX2(l *Line, cells []int32, marks []uint32, key uint64) (n int)
TEXT ·pointsAVX2(SB), NOSPLIT, $0-72
	MOVQ l+0(FP), AX
	MOVQ cells_base+8(FP), DI
	MOVQ cells_len+16(FP), CX
	MOVQ marks_base+32(FP), SI
	VPBROADCASTQ key+56(FP), Y15
	VPBROADCASTQ mixing<>+64(SB), Y2
	VPBROADCASTQ mixing<>+72(SB), Y3
	VPBROADCASTQ mixing<>+80(SB), Y4
	VPBROADCASTQ mixing<>+88(SB), Y5
	SEED(Y6, Y11)
	SEED(Y8, Y12)
	SEED(Y9, Y13)
	SEED(Y10, Y14)
	MOVQ 0(AX), R8
	VMOVQ R8, X15                // fraction
	VMOVSS 8(AX), X0             // limit
	VCVTPS2DQ X0, X0
	VMOVD   X0, R10              // end
	VPXOR Y7, Y7, Y7             // position before the group
	XORQ  DX, DX
points:
	CMPQ DX, CX
	JGE  pointsDone

	DRAW(Y0, Y2, Y6, Y8, Y9, Y10)
	DRAW(Y1, Y3, Y11, Y12, Y13, Y14)
	VSHUFPS $0x88, Y1, Y0, Y2    // lower halves: marks
	VMOVDQU Y2, (SI)(DX*4)
	VSHUFPS $0xdd, Y1, Y0, Y0    // upper halves

	// ln u
	VPSRLD  $9, Y0, Y0
	VPADDD  Y0, Y0, Y0
	CONST(56, Y1)
	VPADDD  Y1, Y0, Y0
	VCVTDQ2PS Y0, Y0
	CONST(8, Y1)
	VMULPS  Y1, Y0, Y0           // u
	CONST(12, Y1)
	VPADDD  Y1, Y0, Y0           // x
	VPSRLD  $23, Y0, Y1
	CONST(60, Y2)
	VPSUBD  Y2, Y1, Y1
	VCVTDQ2PS Y1, Y1             // e
	CONST(20, Y2)
	VPAND   Y2, Y0, Y0
	CONST(16, Y2)
	VPADDD  Y2, Y0, Y0
	CONST(4, Y2)
	VSUBPS  Y2, Y0, Y0           // f
	CONST(24, Y2)
	VMULPS  Y2, Y1, Y1           // e ln 2
	VMULPS  Y0, Y0, Y2           // f²
	CONST(52, Y3)
	VMULPS  Y2, Y3, Y3           // f² Q6
	CONST(48, Y4)
	VMULPS  Y0, Y4, Y4
	CONST(44, Y5)
	VADDPS  Y5, Y4, Y4           // Q4 + f Q5
	VADDPS  Y3, Y4, Y4
	VMULPS  Y2, Y2, Y3           // f⁴
	VMULPS  Y3, Y4, Y4           // the upper three terms
	CONST(40, Y3)
	VMULPS  Y0, Y3, Y3
	CONST(36, Y5)
	VADDPS  Y5, Y3, Y3           // Q2 + f Q3
	VMULPS  Y2, Y3, Y3
	VADDPS  Y3, Y4, Y4
	CONST(32, Y3)
	VMULPS  Y0, Y3, Y3
	CONST(28, Y5)
	VADDPS  Y5, Y3, Y3           // Q0 + f Q1
	VADDPS  Y3, Y4, Y4           // Q(f)
	VMULPS  Y0, Y2, Y3           // f³
	VMULPS  Y3, Y4, Y4
	CONST(0, Y5)
	VMULPS  Y5, Y2, Y2
	VSUBPS  Y2, Y0, Y0           // f − f²/2
	VADDPS  Y0, Y1, Y1
	VADDPS  Y4, Y1, Y1

	// gaps and their running sum
	VBROADCASTSS 12(AX), Y0      // scale
	VMULPS  Y0, Y1, Y1
	VBROADCASTSS 8(AX), Y0       // limit
	VMINPS  Y1, Y0, Y1           // limit < gap ? limit : gap
	VCVTPS2DQ Y1, Y0
	VPSLLDQ $4, Y0, Y1
	VPADDD  Y1, Y0, Y0
	VPSLLDQ $8, Y0, Y1
	VPADDD  Y1, Y0, Y0           // sums within each half
	VPSHUFD $0xff, Y0, Y1
	VPERM2I128 $0x08, Y1, Y1, Y1 // zero, sum of the lower half
	VPADDD  Y1, Y0, Y0
	VPADDD  Y7, Y0, Y0           // positions
	VPSHUFD $0xff, Y0, Y7
	VPERM2I128 $0x11, Y7, Y7, Y7 // the last position, eight times
	VPSRLD  X15, Y0, Y0
	VMOVDQU Y0, (DI)(DX*4)
	ADDQ    $8, DX
	VMOVD   X7, R9
	CMPL    R9, R10
	JCS     points               // the last position is before the end
pointsDone:
	MOVQ DX, n+64(FP)
	VZEROUPPER
	RET
